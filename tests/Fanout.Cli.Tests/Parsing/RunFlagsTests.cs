using System.Text.Json.Nodes;
using Fanout.Cli.Tests.Support;
using Fanout.Specs;
using Xunit;

namespace Fanout.Cli.Tests.Parsing;

public class RunFlagsTests
{
    // The words after `fanout run`, the field as a path, and its value as JSON in the spec that is started.
    [Theory]
    [InlineData("--concurrency 7", "flow/concurrency", "7")]
    [InlineData("--rate 3000/min", "flow/rate", "\"3000/min\"")]
    [InlineData("--rate 5/s --burst 3", "flow/burst", "3")]
    [InlineData("--limit crm-api", "flow/limits", "[\"crm-api\"]")]
    [InlineData("--limit crm-api --limit billing", "flow/limits", "[\"billing\",\"crm-api\"]")]
    [InlineData("--weight 0.5", "flow/weight", "0.5")]
    [InlineData("--cost 3", "flow/cost", "3")]
    [InlineData("--cost /units", "flow/cost", "{\"pointer\":\"/units\",\"default\":1}")]
    [InlineData("--adaptive", "flow/adaptive", "true")]
    [InlineData("--adaptive true", "flow/adaptive", "true")]
    [InlineData("--adaptive false", "flow/adaptive", null)]
    [InlineData("--per-key /tenantId --per-key-concurrency 2", "flow/perKey", "{\"key\":\"/tenantId\",\"concurrency\":2,\"ordered\":false}")]
    [InlineData("--per-key /host --per-key-rate 50/s", "flow/perKey", "{\"key\":\"/host\",\"rate\":\"50/s\",\"burst\":5,\"ordered\":false}")]
    [InlineData("--per-key /host --per-key-rate 50/s --per-key-burst 1", "flow/perKey/burst", "1")]
    [InlineData("--per-key / --ordered", "flow/perKey", "{\"key\":\"/\",\"concurrency\":1,\"ordered\":true}")]
    [InlineData("--ordered --per-key /a", "flow/perKey/ordered", "true")]
    [InlineData("--timeout 10s", "failure/timeout", "\"10s\"")]
    [InlineData("--attempts 4", "failure/retry/maxAttempts", "4")]
    [InlineData("--first-delay 250ms", "failure/retry/firstDelay", "\"250ms\"")]
    [InlineData("--backoff 1.5", "failure/retry/backoff", "1.5")]
    [InlineData("--max-delay 30s", "failure/retry/maxDelay", "\"30s\"")]
    [InlineData("--jitter false", "failure/retry/jitter", "false")]
    [InlineData("--jitter true", "failure/retry/jitter", "true")]
    [InlineData("--tolerate 5%", "failure/tolerate", "{\"percent\":5}")]
    [InlineData("--tolerate 0.5%", "failure/tolerate", "{\"percent\":0.5}")]
    [InlineData("--tolerate 100", "failure/tolerate", "{\"count\":100}")]
    [InlineData("--tolerate 5% --tolerate 100", "failure/tolerate", "{\"count\":100,\"percent\":5}")]
    [InlineData("--tolerate 5%,100", "failure/tolerate", "{\"count\":100,\"percent\":5}")]
    [InlineData("--tolerate 5%|100", "failure/tolerate", "{\"count\":100,\"percent\":5}")]
    [InlineData("--deadline 2h", "failure/deadline", "\"2h\"")]
    [InlineData("--keep failures", "results/keep", "\"failures\"")]
    [InlineData("--keep none", "results/keep", "\"none\"")]
    [InlineData("--on-complete-webhook https://x/hooks", "onComplete", "{\"webhook\":{\"url\":\"https://x/hooks\"}}")]
    [InlineData("--on-complete-webhook https://x/ --on-complete-secret-from S", "onComplete/webhook", "{\"url\":\"https://x/\",\"secretFrom\":\"S\"}")]
    [InlineData("--on-complete-queue orders-done", "onComplete", "{\"queue\":\"orders-done\"}")]
    [InlineData("--slice 5s", "batch/slice", "\"5s\"")]
    [InlineData("--max-items 500", "batch/maxItems", "500")]
    [InlineData("--checkpoint 200ms", "batch/checkpoint", "\"200ms\"")]
    [InlineData("--branches 2", "batch/branches", "2")]
    [InlineData("--lanes 8", "batch/lanes", "8")]
    [InlineData("--id nightly-7", "id", "\"nightly-7\"")]
    [InlineData("--max-item-bytes 4096", "source/maxItemBytes", "4096")]
    public async Task AFlag_SetsItsField(string flags, string path, string? expected)
    {
        var spec = await StartAsync(["--range", "0..10", "--handler", "echo", .. flags.Split(' ')]);
        Assert.Equal(expected, Field(spec, path)?.ToJsonString());
    }

    [Theory]
    [InlineData("--range 3..7", """{"kind":"range","start":3,"end":7}""")]
    [InlineData("--range -5..5", """{"kind":"range","start":-5,"end":5}""")]
    [InlineData("--range 0..0", """{"kind":"range","start":0,"end":0}""")]
    [InlineData("--items a b c", """{"kind":"inline","items":["a","b","c"]}""")]
    [InlineData("--items @x", """{"kind":"inline","items":["@x"]}""")]
    [InlineData("--items -1 -abc 007 /h -", """{"kind":"inline","items":["-1","-abc","007","/h","-"]}""")]
    [InlineData("--items a --items b", """{"kind":"inline","items":["a","b"]}""")]
    [InlineData("--lines -", """{"kind":"lines","path":"-"}""")]
    [InlineData("--jsonl /data/in.jsonl.gz", """{"kind":"jsonl","path":"/data/in.jsonl.gz"}""")]
    [InlineData("--jsonl blob://orders/2026/in.jsonl", """{"kind":"jsonl","path":"blob://orders/2026/in.jsonl"}""")]
    [InlineData("--blobs images/2026/", """{"kind":"blobs","container":"images","prefix":"2026/"}""")]
    [InlineData("--json /data/in.json", """{"kind":"json","path":"/data/in.json"}""")]
    [InlineData("--json -", """{"kind":"json","path":"-"}""")]
    [InlineData("--csv /data/in.csv", """{"kind":"csv","path":"/data/in.csv","delimiter":",","header":true}""")]
    [InlineData("--csv /data/in.csv --delimiter ; --no-header", """{"kind":"csv","path":"/data/in.csv","delimiter":";","header":false}""")]
    [InlineData(@"--csv /data/in.csv --delimiter \t", """{"kind":"csv","path":"/data/in.csv","delimiter":"tab","header":true}""")]
    public async Task ASourceFlag_MakesItsSource(string flags, string expected)
    {
        var spec = await StartAsync(["--handler", "echo", .. flags.Split(' ')]);
        var source = spec["source"]!.AsObject();
        source.Remove("maxItemBytes");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), source), source.ToJsonString());
    }

    [Fact]
    public async Task Files_TakesSeveralGlobs()
    {
        var spec = await StartAsync(["--files", "*.jpg", "!x*", "--handler", "echo"]);
        Assert.Equal("""["*.jpg","!x*"]""", Field(spec, "source/patterns")!.ToJsonString());
    }

    [Fact]
    public async Task ARelativePath_IsMeantFromTheDirectoryOfNow()
    {
        var spec = await StartAsync(["--lines", "in.txt", "--handler", "echo"]);
        Assert.Equal(Path.Combine(Environment.CurrentDirectory, "in.txt"), Field(spec, "source/path")!.GetValue<string>());
    }

    [Fact]
    public async Task SetGivesTheHandlerItsOptions()
    {
        var spec = await StartAsync(
            ["--range", "0..1", "--handler", "http", "--set", "url=https://x/?a=b", "--set", "headers.X-Token=1", "--set", "retries=5"]);
        Assert.Equal("""{"headers":{"X-Token":1},"retries":5,"url":"https://x/?a=b"}""", Field(spec, "handler/options")!.ToJsonString());
    }

    [Fact]
    public async Task WordsAfterTheDashes_AreTheCommandVerbatim()
    {
        var spec = await StartAsync(["--items", "a", "--", "sh", "-c", "echo --json $1", "--", "{}", "--help", "@x"]);
        Assert.Equal("""{"name":"exec","options":{"command":["sh","-c","echo --json $1","--","{}","--help","@x"]}}""",
            JsonNode.Parse(Field(spec, "handler")!.ToJsonString())!.ToJsonString());
    }

    [Fact]
    public async Task Set_AddsToACommandToo()
    {
        var spec = await StartAsync(["--items", "a", "--set", "output=json", "--", "cat"]);
        Assert.Equal("""{"command":["cat"],"output":"json"}""", Field(spec, "handler/options")!.ToJsonString());
    }

    [Fact]
    public async Task ASpecFile_IsReadAndFlagsReplaceItsFields()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, """
                {
                  // a comment
                  "id": "from-file",
                  "handler": { "name": "http", "options": { "url": "https://x/", "method": "GET" } },
                  "source": { "kind": "range", "start": 0, "end": 5 },
                  "flow": { "concurrency": 3, "rate": "7/s" },
                }
                """);
            var spec = await StartAsync(["--spec", file, "--concurrency", "9", "--id", "mine", "--set", "method=PUT"]);
            Assert.Equal("mine", Field(spec, "id")!.GetValue<string>());
            Assert.Equal(9, Field(spec, "flow/concurrency")!.GetValue<int>());
            Assert.Equal("7/s", Field(spec, "flow/rate")!.GetValue<string>());
            Assert.Equal("""{"method":"PUT","url":"https://x/"}""", Field(spec, "handler/options")!.ToJsonString());
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task AListOfValues_EndsWhereAnOptionBegins()
    {
        var spec = await StartAsync(["--items", "a", "b", "--handler", "echo", "--json", "--rate", "5/s"]);
        Assert.Equal("""["a","b"]""", Field(spec, "source/items")!.ToJsonString());
        Assert.Equal("5/s", Field(spec, "flow/rate")!.GetValue<string>());
    }

    [Fact]
    public async Task ASpec_MayComeFromStandardInput()
    {
        using var cli = new Support.Cli { Input = Given.SpecJson };
        Assert.Equal(0, await cli.RunAsync("run", "--spec", "-"));
        Assert.Equal("nightly", cli.Home.Started.Single().Id);
    }

    [Fact]
    public async Task JsonWithAFile_IsASource_AndWithoutOneTheFormOfTheAnswer()
    {
        using var cli = new Support.Cli();
        Assert.Equal(0, await cli.RunAsync("run", "--json", "/data/in.json", "--handler", "echo", "--json", "--quiet"));
        Assert.Equal("json", cli.Home.Started.Single().Source.Kind);
        Assert.Equal("Succeeded", JsonNode.Parse(cli.Output)!["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task WithoutAnId_OneIsMadeFromTheTime()
    {
        using var cli = new Support.Cli();
        await cli.RunAsync("run", "--range", "0..1", "--handler", "echo");
        Assert.Matches("^20261123-120000-[a-z0-9]{4}$", cli.Home.Started.Single().Id);
    }

    private static async Task<JsonObject> StartAsync(string[] args)
    {
        using var cli = new Support.Cli();
        var exitCode = await cli.RunAsync(["run", .. args]);
        Assert.True(exitCode == 0, cli.Error);
        return JsonNode.Parse(SpecWriter.Write(cli.Home.Started.Single()))!.AsObject();
    }

    private static JsonNode? Field(JsonObject spec, string path) =>
        path.Split('/').Aggregate((JsonNode?)spec, (node, name) => node?[name]);
}
