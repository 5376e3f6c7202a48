"""Opens a running server's guatu.qlr and guatu.qgs in a real QGIS, checks layers, symbols and labels, and draws them.

    QT_QPA_PLATFORM=offscreen /usr/bin/python3 tests/qgis/open.py http://127.0.0.1:8080 OUTPUT-FOLDER

Needs `python3-qgis` (Debian; 193 MB to fetch, 921 MB installed), which is why `make test` does without. Ends with 0 when all holds.
"""

import json
import pathlib
import sys
import urllib.request

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsLayerDefinition,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
    QgsRenderContext,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor


def fetch(url):
    with urllib.request.urlopen(url) as answer:
        return answer.read()


def check_layers(project, base, what):
    """Every collection is a valid layer with all its features; each feature has a symbol by a rule, and a name."""
    collections = json.loads(fetch(f"{base}/ogc/collections"))["collections"]
    layers = {layer.shortName() or layer.source().split("typename='")[1].split("'")[0]: layer for layer in project.mapLayers().values()}
    assert sorted(layers) == sorted(one["id"] for one in collections), (what, sorted(layers))
    total = 0
    for one in collections:
        layer = layers[one["id"]]
        assert layer.isValid(), (what, one["id"], layer.error().message())
        assert layer.name() == one["title"], (what, layer.name(), one["title"])
        assert layer.crs().isGeographic(), (what, layer.crs().authid())
        items = json.loads(fetch(f"{base}/ogc/collections/{one['id']}/items?limit=10000"))["features"]
        features = list(layer.getFeatures())
        assert len(features) == len(items), (what, one["id"], len(features), len(items))
        total += len(features)
        renderer = layer.renderer().clone()
        assert renderer.type() == "RuleRenderer", (what, renderer.type())
        context = QgsRenderContext()
        expressions = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
        context.setExpressionContext(expressions)
        renderer.startRender(context, layer.fields())
        for feature in features:
            context.expressionContext().setFeature(feature)
            keys = renderer.legendKeysForFeature(feature, context)
            labels = [item.label() for item in renderer.legendSymbolItems() if item.ruleKey() in keys]
            symbols = renderer.symbolsForFeature(feature, context)
            light, placed = feature["light"], feature["position"]
            word = {"red": "红灯", "yellow": "黄灯", "green": "绿灯", "grey": "无灯"}[light]
            assert len(labels) == 1 and labels[0].startswith(word), (what, light, placed, labels)
            # This call counts the rule for the rest always; the legend, as drawing does, only where no other holds.
            assert symbols, (what, feature["name_zh"])
            at = feature.geometry().centroid().asPoint()
            assert 120 < at.x() < 122 and 30 < at.y() < 31, (what, at)
        renderer.stopRender(context)
        assert layer.labelsEnabled() and "name_zh" in layer.labeling().settings().fieldName, (what, one["id"])
        print(f"{what}: {layer.name()}: {len(features)} features, {layer.renderer().type()}, {layer.crs().authid()}")
    return total


def draw(project, path, extent=None):
    settings = QgsMapSettings()
    root = project.layerTreeRoot()
    settings.setLayers([layer for layer in root.layerOrder()])
    mercator = QgsCoordinateReferenceSystem("EPSG:3857")
    settings.setDestinationCrs(mercator)
    settings.setTransformContext(project.transformContext())
    if extent is None:
        extent = QgsRectangle()
        for layer in project.mapLayers().values():
            extent.combineExtentWith(QgsCoordinateTransform(layer.crs(), mercator, project).transformBoundingBox(layer.extent()))
        extent.scale(1.1)
    settings.setExtent(extent)
    settings.setOutputSize(QSize(1400, 1000))
    settings.setOutputDpi(110)
    settings.setBackgroundColor(QColor("#f1efe8"))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    colours = {image.pixelColor(x, y).name() for x in range(0, 1400, 2) for y in range(0, 1000, 2)}
    assert len(colours) > 20, "an empty map"
    assert image.save(str(path)), path
    print(f"drawn: {path}, {len(colours)} colours")


def main():
    base, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    project = QgsProject.instance()

    qlr = folder / "guatu.qlr"
    qlr.write_bytes(fetch(f"{base}/ogc/guatu.qlr"))
    ok, fault = QgsLayerDefinition.loadLayerDefinition(str(qlr), project, project.layerTreeRoot())
    assert ok, fault
    assert len(project.layerTreeRoot().findGroups()) == 1
    print(project.layerTreeRoot().findGroups()[0].name(), check_layers(project, base, "qlr"))
    draw(project, folder / "qlr.png")

    for style in ("sld10", "sld11", "qml"):
        for layer in project.mapLayers().values():
            collection = layer.source().split("typename='")[1].split("'")[0]
            path = folder / f"{collection}.{style[:3]}"
            path.write_bytes(fetch(f"{base}/ogc/collections/{collection}/styles/light?f={style}"))
            message, ok = layer.loadSldStyle(str(path)) if style[:3] == "sld" else layer.loadNamedStyle(str(path))
            assert ok, (style, collection, message)
        draw(project, folder / f"{style}.png")

    project.clear()
    qgs = folder / "guatu.qgs"
    qgs.write_bytes(fetch(f"{base}/ogc/guatu.qgs"))
    assert project.read(str(qgs)), project.error()
    print(project.title(), project.crs().authid(), check_layers(project, base, "qgs"))
    view = project.viewSettings().defaultViewExtent()
    print("view:", view.toString() if not view.isNull() else "none")
    draw(project, folder / "qgs.png")


if __name__ == "__main__":
    application = QgsApplication([], False)
    application.initQgis()
    try:
        main()
    finally:
        QgsProject.instance().clear()
        application.exitQgis()
