"""A local stand-in for the parts of Saleor 3.23 that the shop and fulfilment use; nothing of it reaches production."""
