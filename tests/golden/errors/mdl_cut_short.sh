# SPDX-License-Identifier: GPL-3.0-or-later
# A file that was cut short in a number is not run with what is left of it.
printf "x = INTEG(-x / 4, 100) ~~|\nINITIAL TIME = 0 ~~|\nFINAL TIME = 4 ~~|\nTIME STEP = 0.125 ~~|\nSAVEPER = 1" >cut.mdl
exec "$program" check cut.mdl
