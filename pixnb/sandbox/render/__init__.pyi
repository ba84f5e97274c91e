from pixnb.sandbox.render.dispatch import render as render
from pixnb.sandbox.render.request import RenderError as RenderError
from pixnb.sandbox.render.request import RenderRequest as RenderRequest
from pixnb.sandbox.render.request import RenderResult as RenderResult
