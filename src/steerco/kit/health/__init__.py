"""Whether this installation is well: one list of findings for the doctor, the health addresses and the metrics."""
