"""Certificates of attendance as PDF: frozen data in, one tagged page each out."""
