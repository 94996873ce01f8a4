"""The one contract that Import Linter does not ship: an app's rooms are private unless they are listed as open."""

from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class PrivateDoors(Contract):
    """Another app may import the open rooms only; a room nobody listed is private by default."""

    type_name = "private_doors"
    # Import Linter turns each field into a set when it reads the configuration; its own types do not say so.
    open_rooms: Any = fields.SetField(subfield=fields.StringField())
    fully_open: Any = fields.SetField(subfield=fields.StringField(), required=False)
    may_open_any: Any = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Broken by every direct import of a private room from another app."""
        guarded = set(self.session_options["root_packages"]) - set(self.fully_open or ())
        trespasses = []
        for module in sorted(graph.modules):
            app, _, inside = module.partition(".")
            if app not in guarded or not inside or inside.split(".")[0] in self.open_rooms:
                continue
            allowed = {app, *(self.may_open_any or ())}
            importers = sorted(graph.find_modules_that_directly_import(module))
            trespasses += [(importer, module) for importer in importers if importer.split(".")[0] not in allowed]
        return ContractCheck(kept=not trespasses, metadata={"trespasses": trespasses})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """One line a trespass."""
        for importer, module in check.metadata["trespasses"]:
            output.print_error(f"{importer} -> {module}: that room is private", bold=False)
