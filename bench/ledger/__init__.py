"""Ledgers to measure on: companies made by Odoo, their mass of entries by SQL."""
