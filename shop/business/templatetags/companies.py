"""Of a company, what every page says the same way."""

from django import template

from shop.business import words

register = template.Library()
register.filter("role", words.role)
register.filter("paid_how", words.paid_how)
register.filter("up_to", words.up_to)
