"""Where the exec wrapper starts: kept tiny, because a script is compiled anew on every cold start."""

import sys

sys.path.insert(0, __file__.rpartition("/lambda_streaming/")[0])

from lambda_streaming.runtime_loop import main

sys.exit(main())
