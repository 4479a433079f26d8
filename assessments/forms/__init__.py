"""From what was typed to clean values. Forms translate; they decide nothing."""
