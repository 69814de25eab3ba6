"""Saleor's fulfilments, in memory, as Saleor keeps them: a repeated call ships again, too many is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from threading import Lock

from fulfilment.errors import GatewayError
from fulfilment.gateways.saleor.values import SaleorFulfilment, SaleorOrder
from fulfilment.orders.models import Order
from tests.support import remote
from tests.support.remote import SaleorInMemory
from tests.support.unlocked import HANDS


@dataclass
class FakeSaleor(SaleorInMemory):
    """Ships from warehouses. `lost_answers` calls of `fulfil` are done without anybody hearing of it."""

    lost_answers: int = 0
    refuses_to_fulfil: GatewayError | None = None
    fulfil_calls: int = 0
    is_raced_for: bool = False
    """Whether those who race meet here: without their locks all have read an order before anybody ships or returns."""
    return_calls: int = 0
    drop_calls: int = 0
    tracking_updates: list[tuple[str, str]] = field(default_factory=list)
    _alone: Lock = field(default_factory=Lock)

    def holding(self, order: Order) -> "FakeSaleor":
        """Itself, with the order of these rows as Saleor has it."""
        told = remote.paid_order(order.number, [])
        lines = tuple(
            replace(remote.line("", line.product_code, line.quantity, line.gross_minor), id=line.saleor_id)
            for line in order.lines.all()
        )
        self.put(replace(told, id=order.saleor_id, lines=lines))
        return self

    def order(self, saleor_id: str) -> SaleorOrder | None:
        found = super().order(saleor_id)
        if self.is_raced_for:
            HANDS.have_read()
        return found

    def warehouse_id(self, slug: str) -> str:
        self._up()
        return f"warehouse:{slug}"

    def fulfil(
        self, order_id: str, warehouse_id: str, lines: Mapping[str, int], tracking_number: str
    ) -> tuple[str, ...]:
        self._up()
        with self._alone:
            self.fulfil_calls += 1
            if self.refuses_to_fulfil is not None:
                raise self.refuses_to_fulfil
            order = self.orders[order_id]
            asked = {line.id: line.quantity for line in order.lines}
            for line, quantity in lines.items():
                gone = sum(found.lines.get(line, 0) for found in order.fulfilments if found.status == "FULFILLED")
                if gone + quantity > asked.get(line, 0):
                    raise GatewayError("Only so many items can be fulfilled.", retry=False, code="FULFILL_ORDER_LINE")
            made = SaleorFulfilment(
                id=f"fulfilment:{order.number}:{len(order.fulfilments) + 1}",
                status="FULFILLED",
                tracking_number=tracking_number,
                warehouse=warehouse_id.removeprefix("warehouse:"),
                lines=dict(lines),
                line_ids={line: f"{order.number}:{len(order.fulfilments) + 1}:{line}" for line in lines},
            )
            self.put(replace(order, fulfilments=(*order.fulfilments, made)))
            if self.lost_answers:
                self.lost_answers -= 1
                raise GatewayError("The answer never came.", retry=True, code="TIMEOUT")
            return (made.id,)

    def return_products(self, order_id: str, lines: Mapping[str, int], *, reason: str) -> None:
        """Units move from what was shipped to what came back, as often as it is asked, as long as there are any."""
        self._up()
        with self._alone:
            self.return_calls += 1
            order = self.orders[order_id]
            back: dict[str, int] = {}
            standing = []
            for found in order.fulfilments:
                own = {line: lines.get(found.line_ids.get(line, ""), 0) for line in found.lines}
                if any(count > found.lines[line] for line, count in own.items()):
                    raise GatewayError("More than was shipped.", retry=False, code="INVALID_QUANTITY")
                left = {line: count - own[line] for line, count in found.lines.items() if count > own[line]}
                back |= {line: back.get(line, 0) + count for line, count in own.items() if count}
                standing += [replace(found, lines=left)] if left else []
            made = SaleorFulfilment(f"returned:{self.return_calls}", "RETURNED", "", "", back, reason=reason)
            self.put(replace(order, fulfilments=(*standing, made)))
            if self.lost_answers:
                self.lost_answers -= 1
                raise GatewayError("The answer never came.", retry=True, code="TIMEOUT")

    def drop_products(self, order_id: str, lines: Mapping[str, int], *, reason: str) -> None:
        """Units that never left are returned, as often as it is asked, as long as they are still to leave."""
        self._up()
        with self._alone:
            self.drop_calls += 1
            order = self.orders[order_id]
            for line in order.lines:
                away = sum(one.lines.get(line.id, 0) for one in order.fulfilments if one.status != "CANCELED")
                if away + lines.get(line.id, 0) > line.quantity:
                    raise GatewayError("More than is still to leave.", retry=False, code="INVALID_QUANTITY")
            made = SaleorFulfilment(f"dropped:{self.drop_calls}", "RETURNED", "", "", dict(lines), reason=reason)
            self.put(replace(order, fulfilments=(*order.fulfilments, made)))
            if self.lost_answers:
                self.lost_answers -= 1
                raise GatewayError("The answer never came.", retry=True, code="TIMEOUT")

    def update_tracking(self, fulfilment_id: str, tracking_number: str) -> None:
        self._up()
        self.tracking_updates.append((fulfilment_id, tracking_number))
        for order in list(self.orders.values()):
            changed = tuple(
                replace(found, tracking_number=tracking_number) if found.id == fulfilment_id else found
                for found in order.fulfilments
            )
            self.put(replace(order, fulfilments=changed))

    def set_status(self, fulfilment_id: str, status: str) -> None:
        """Staff cancelled it, or took it back, in Saleor's Dashboard."""
        for order in list(self.orders.values()):
            changed = tuple(
                replace(found, status=status) if found.id == fulfilment_id else found for found in order.fulfilments
            )
            self.put(replace(order, fulfilments=changed))

    def fulfilments(self) -> list[SaleorFulfilment]:
        """All that was shipped, of every order."""
        return [found for order in self.orders.values() for found in order.fulfilments]
