# SPDX-License-Identifier: GPL-3.0-or-later
# Types lines into an interactive zsh that has the completion of FOLDER/_simulate, presses Tab after each, and prints
# what the line has become. Used by report_check.sh.
#
#   zsh -f completion.zsh FOLDER LINE...
zmodload zsh/zpty || exit 77
folder=$1
shift
line=$folder/line
zpty -b typist zsh -f -i
zpty -w typist "PROMPT= RPS1=; stty columns 200; fpath=($folder \$fpath); autoload -Uz compinit; compinit -u -D
show() { print -r -- \"\$BUFFER\" >$line.part; mv $line.part $line; BUFFER=; zle redisplay }
zle -N show; bindkey '^X' show"
for text; do
  rm -f $line
  zpty -w -n typist "$text"$'\t\x18'
  for wait in {1..200}; do
    [[ -e $line ]] && break
    sleep 0.05
    while zpty -r -t typist noise; do :; done
  done
  [[ -e $line ]] && cat $line || echo "no answer to: $text"
done
zpty -d typist
rm -f $line
