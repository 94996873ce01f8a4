"""The 105 dangerous places: register, responsible persons, checklists, inspections, rounds, the sweep."""
