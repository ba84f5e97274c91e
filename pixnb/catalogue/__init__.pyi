from pixnb.catalogue.model import Model as Model
from pixnb.catalogue.params import Params as Params
from pixnb.catalogue.prices import Balance as Balance
from pixnb.catalogue.prices import Cost as Cost
from pixnb.catalogue.prices import Price as Price
from pixnb.catalogue.registry import Models as Models
from pixnb.catalogue.registry import models as models
