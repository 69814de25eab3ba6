"""The file that describes the shop, read the same way by whoever needs it: Saleor's set-up and the sandbox."""
