"""Stand-ins for Saleor and Stripe, to try and test the shop on one machine. Nothing in here is real."""
