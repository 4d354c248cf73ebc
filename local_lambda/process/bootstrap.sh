#!/bin/sh
# What /var/runtime/bootstrap of the managed images does with AWS_LAMBDA_EXEC_WRAPPER, as they do it. The arguments
# are the interpreter and bootstrap.py; a wrapper gets both.
[ -z "$AWS_LAMBDA_EXEC_WRAPPER" ] && exec "$@"
case "$AWS_LAMBDA_EXEC_WRAPPER" in
    /opt/*) wrapper="$_LOCAL_LAMBDA_OPT/${AWS_LAMBDA_EXEC_WRAPPER#/opt/}" ;;
    /var/task/*) wrapper="$LAMBDA_TASK_ROOT/${AWS_LAMBDA_EXEC_WRAPPER#/var/task/}" ;;
    *) wrapper="$AWS_LAMBDA_EXEC_WRAPPER" ;;
esac
[ ! -f "$wrapper" ] && echo "$AWS_LAMBDA_EXEC_WRAPPER: does not exist" && exit 127
[ ! -x "$wrapper" ] && echo "$AWS_LAMBDA_EXEC_WRAPPER: is not an executable" && exit 126
exec "$wrapper" "$@"
