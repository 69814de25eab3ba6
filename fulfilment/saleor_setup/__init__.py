"""A bare Saleor becomes the shop that a file describes (`catalogue`): all is compared, and what differs is changed.

A repeat changes nothing. What the file does not name is left alone, and so is what lives on in Saleor: stock is put in
the warehouse once, and who makes a product is published by the agreements (`flows/publish_producers`).
"""
