#!/bin/sh
# What /var/runtime/bootstrap of the managed images does with AWS_LAMBDA_EXEC_WRAPPER, as they do it. The arguments
# are the interpreter and bootstrap.py; a wrapper gets both.
[ -z "$AWS_LAMBDA_EXEC_WRAPPER" ] && exec "$@"

here() { # here PATH_ON_LAMBDA: where it is on this machine
    case "$1" in
        /opt/*) echo "$LAMBDA_LAYERS_DIR/${1#/opt/}" ;;
        /var/task/*) echo "$LAMBDA_TASK_ROOT/${1#/var/task/}" ;;
        *) echo "$1" ;;
    esac
}

wrapper=$(here "$AWS_LAMBDA_EXEC_WRAPPER")
[ ! -f "$wrapper" ] && echo "$AWS_LAMBDA_EXEC_WRAPPER: does not exist${_LOCAL_LAMBDA_MISSING:+; $_LOCAL_LAMBDA_MISSING}" && exit 127
[ ! -x "$wrapper" ] && echo "$AWS_LAMBDA_EXEC_WRAPPER: is not an executable" && exit 126
# The streaming layer's wrapper may start another one.
[ -n "$LAMBDA_STREAMING_NEXT_WRAPPER" ] &&
    LAMBDA_STREAMING_NEXT_WRAPPER=$(here "$LAMBDA_STREAMING_NEXT_WRAPPER")
exec "$wrapper" "$@"
