"""The register, visits and rounds for programs and phones."""
