# SPDX-License-Identifier: GPL-3.0-or-later
# A folder without a sweep cannot be replayed or merged; no word of --resume, which these commands do not have.
mkdir empty
"$program" merge empty -o joined
exec "$program" replay empty --member 3
