"""What a query costs. A list counts as many times as its limit allows, 100 where none is given; an object counts one.

Close to Saleor's own table of costs, which has the same effect: unlimited lists in lists are refused.
"""

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_leaf_type,
    value_from_ast_untyped,
)

MOST = 50_000
_WITHOUT_LIMIT = 100


def cost_of(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> int:
    """The cost of an operation that is valid in the schema."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    root = schema.get_root_type(operation.operation)
    return _Cost(schema, fragments, dict(variables)).of(operation.selection_set, root)


class _Cost:
    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: dict[str, Any]
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables

    def of(self, selections: SelectionSetNode | None, owner: object) -> int:
        total = 0
        for selection in selections.selections if selections else ():
            if isinstance(selection, FieldNode):
                total += self._field(selection, owner)
            elif isinstance(selection, InlineFragmentNode):
                named = selection.type_condition
                total += self.of(selection.selection_set, self._schema.type_map[named.name.value] if named else owner)
            elif isinstance(selection, FragmentSpreadNode):
                fragment = self._fragments[selection.name.value]
                total += self.of(fragment.selection_set, self._schema.type_map[fragment.type_condition.name.value])
        return total

    def _field(self, node: FieldNode, owner: object) -> int:
        if not isinstance(owner, (GraphQLObjectType, GraphQLInterfaceType)) or node.name.value not in owner.fields:
            return 0  # __typename and introspection
        field = owner.fields[node.name.value]
        kind = get_named_type(field.type)
        if is_leaf_type(kind):
            return 0
        return self._times(node, field) * (1 + self.of(node.selection_set, kind))

    def _times(self, node: FieldNode, field: GraphQLField) -> int:
        given = {a.name.value: value_from_ast_untyped(a.value, self._variables) for a in node.arguments}
        for name in ("first", "limit"):
            if name in field.args:
                value = given.get(name)
                return int(value) if isinstance(value, int) else _WITHOUT_LIMIT
        return 1
