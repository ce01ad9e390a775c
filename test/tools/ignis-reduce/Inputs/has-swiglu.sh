#!/bin/sh
# For the reducer: a module is interesting (1) while it is valid and has a swiglu.
ignis-opt "$1" 2>/dev/null | grep -q ignis.swiglu && exit 1
exit 0
