"""A way to write an app's first tables that does not draw every model again for each of them."""

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class Tables(Operation):
    """The operations of a first migration as one: whole tables, then what hangs on them (triggers).

    Django renders a model and all that it is joined with again after every single operation; with a hundred joined
    tables this took more than a minute of an empty database's first migration. Here the state takes all operations
    first and is rendered once. So each operation sees the tables as they are at the end: a table is created with all
    its columns, indexes and constraints, and none may be changed further by the same `Tables`.
    """

    reduces_to_sql = True

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    @property
    def reversible(self) -> bool:  # type: ignore[override]  # a class attribute there
        """Whether each of them can be taken back."""
        return all(operation.reversible for operation in self.operations)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Adds the models to the state and leaves rendering to whoever asks for them."""
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Runs them in order."""
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Takes them back, the last first, each seeing all the tables as they were."""
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, from_state)

    def describe(self) -> str:
        """One line for the plan."""
        return f"Create the tables of this app ({len(self.operations)} steps)"
