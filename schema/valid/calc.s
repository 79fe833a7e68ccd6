main:
    ret
