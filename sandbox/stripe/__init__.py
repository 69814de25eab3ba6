"""A stand-in for the part of Stripe's API that fulfilment uses, with Stripe's hosted payment page."""
