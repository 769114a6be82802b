"""The code that the chapters show and run.

There is one module for each page, under the same name.

What a function takes and gives stands in its signature, and `@checked` holds
each call against it, but for calls from within another: TypeError for a wrong
kind or dtype, ValueError for a wrong shape or value, in one line that names
function and argument. Arithmetic that goes wrong raises ArithmeticError:
ZeroDivisionError, or FloatingPointError where training leaves the finite
numbers. All tensors of a call share one floating dtype, and the result has it,
too. Infinities and NaN are numbers like others and spread as in any sum or
product, except where a type wants finite numbers. Nothing that is given is
changed.
"""
