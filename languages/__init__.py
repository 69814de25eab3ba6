"""The languages of the shop besides Dutch: which texts there are, and the catalogues that translate them."""
