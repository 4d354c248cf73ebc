"""Where the exec wrapper starts: run the runtime.

This file is compiled anew at every start, for it is a script: keep it short.
"""

import sys

sys.path.insert(0, __file__.rpartition("/lambda_streaming/")[0])

from lambda_streaming._main import main

sys.exit(main())
