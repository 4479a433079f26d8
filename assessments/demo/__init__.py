"""A demonstration centre: its people, their evidence, and units at every stage, born through the real verbs."""
