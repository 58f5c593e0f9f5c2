"""Write a newsletter as plain files in git; publish it as email that arrives well."""

__version__ = "0.1.0"
