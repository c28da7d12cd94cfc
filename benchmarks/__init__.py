"""Benchmarks of relsim: ratios measured in one run, never a pass mark.

One thread for the linear algebra of rival programs, so that one core is compared with one core. The variables
must be set before numpy is imported.
"""

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
