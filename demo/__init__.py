"""The demo shop: its catalogue, its partners and its pictures."""
