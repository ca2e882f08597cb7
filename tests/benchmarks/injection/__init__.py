"""Faults injected at the system calls of a command, and what the same command says afterwards."""
