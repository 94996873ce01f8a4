"""The pages of the register, of visits and of rounds."""
