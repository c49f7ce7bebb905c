"""What a password must be, by Django's rules and in our words."""

from django.contrib.auth import password_validation as rules


class NotLikeTheUser(rules.UserAttributeSimilarityValidator):
    def get_error_message(self) -> str:
        return "This password is too much like your name or your address."


class LongEnough(rules.MinimumLengthValidator):
    def get_error_message(self) -> str:
        return f"This password is too short. It needs {self.min_length} characters or more."


class NotCommon(rules.CommonPasswordValidator):
    def get_error_message(self) -> str:
        return "This password is too common: it is among the first that anybody tries."


class NotOnlyDigits(rules.NumericPasswordValidator):
    def get_error_message(self) -> str:
        return "This password is all digits. Put some letters in."
