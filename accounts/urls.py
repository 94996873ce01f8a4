from django.urls import path

from accounts import api
from accounts.views import feedback, me, people, sign_in

app_name = "accounts"

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/code/", sign_in.request_code, name="request_code"),
    path("sign-in/code/enter/", sign_in.enter_code, name="enter_code"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("admin/login/", sign_in.admin_sign_in, name="admin_sign_in"),
    path("activate/<str:token>/", sign_in.activate, name="activate"),
    path("me/", me.me, name="me"),
    path("me/password/", me.change_password, name="change_password"),
    path("feedback/", feedback.feedback, name="feedback"),
    path("people/", people.people, name="people"),
    path("people/new/", people.new_person, name="new_person"),
    path("people/import/", people.import_people, name="import_people"),
    path("people/import/<int:pk>/", people.store_people, name="store_people"),
    path("people/activation/", people.send_activation, name="send_activation"),
    path("people/roles/<int:pk>/end/", people.end_role, name="end_role"),
    path("people/roles/<int:pk>/replace/", people.replace_person, name="replace_person"),
    path("people/<int:pk>/", people.person, name="person"),
]
api_urlpatterns = [
    path("people/", api.PeopleView.as_view(), name="api_people"),
    path("reveals/", api.RevealView.as_view(), name="api_reveals"),
]
