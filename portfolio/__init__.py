"""The ground floor: people, vault, signatures, audit book and press. Also the Django project package."""
