"""Contracts that several implementations pass, one suite for all."""
