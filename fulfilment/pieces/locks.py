"""The locks of an edition and of a piece: the last that anybody takes, after an order and its task."""

from fulfilment.pieces.models import Edition, Piece


def lock_edition(product_code: str) -> Edition:
    """How many numbers of a product were given, locked until the transaction ends: nobody gives one meanwhile."""
    Edition.objects.get_or_create(product_code=product_code)
    return Edition.objects.select_for_update().get(product_code=product_code)


def lock_piece(token: str) -> Piece:
    """A piece, locked until the transaction ends: nobody writes of it meanwhile."""
    return Piece.objects.select_for_update().get(token=token)
