"""The vendors' own Python SDKs against the sandbox, through `runpipe spec record`. Part of `run`.

Whoever knows nothing of this project makes the requests; the recording has to fit the documents, and replays.
"""
import os
import sys

from alibabacloud_devops20210625 import models as aliyun
from alibabacloud_devops20210625.client import Client as Aliyun
from alibabacloud_tea_openapi.models import Config
from azure.devops.connection import Connection
from azure.devops.v7_1.pipelines.models import RunPipelineParameters
from msrest.authentication import BasicAuthentication


def azure_devops(url, proxy):
    os.environ["HTTP_PROXY"] = os.environ["http_proxy"] = proxy
    credential = BasicAuthentication("", os.environ["AZURE_DEVOPS_EXT_PAT"])
    clients = Connection(base_url=f"{url}/acme", creds=credential).clients_v7_1
    pipelines, builds = clients.get_pipelines_client(), clients.get_build_client()
    assert len(pipelines.list_pipelines("Website")) > 0
    run = pipelines.run_pipeline(RunPipelineParameters(), "Website", 42)
    assert pipelines.get_run("Website", 42, run.id).id == run.id
    assert builds.get_build("Website", run.id).id == run.id
    builds.get_build_timeline("Website", run.id)
    del os.environ["HTTP_PROXY"], os.environ["http_proxy"]
    return run.id


def aliyun_flow(url, proxy):
    config = Config(
        access_key_id=os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"],
        access_key_secret=os.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
        endpoint=url.removeprefix("http://"),
        protocol="http",
        http_proxy=proxy,
    )
    client, organization = Aliyun(config), "60d1c0ffee5ca1ab1e00feed"
    assert client.list_pipelines(organization, aliyun.ListPipelinesRequest()).body.success
    run = client.start_pipeline_run(organization, "123", aliyun.StartPipelineRunRequest(params="{}")).body
    assert client.get_pipeline_run(organization, "123", str(run.pipeline_run_id)).body.success
    return run.pipeline_run_id


service, url, proxy = sys.argv[1:]
made = {"azure-devops": azure_devops, "aliyun": aliyun_flow}[service](url, proxy)
print(f"{service}: run {made}")
