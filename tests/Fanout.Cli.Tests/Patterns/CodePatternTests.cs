using System.Text;
using System.Text.Json;
using Fanout.Azure;
using Fanout.Cli.Tests.Patterns.Code;
using Fanout.Cli.Tests.Patterns.Support;
using Microsoft.Extensions.DependencyInjection;
using Moq;
using Xunit;

namespace Fanout.Cli.Tests.Patterns;

/// <summary>The programs README.md shows, run through the command line they offer.</summary>
[Collection(Alone.Name)]
public sealed class CodePatternTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("fanout-program-");
    private readonly TextWriter _console = Console.Out;
    private readonly StringWriter _printed = new() { NewLine = "\n" };

    public CodePatternTests() => Console.SetOut(_printed);

    private string Home => Path.Combine(_directory.FullName, "home");

    public void Dispose()
    {
        Console.SetOut(_console);
        _printed.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task OwnHandler_ChargesEachOrderOnceAndRefusesWhatCannotSucceed()
    {
        var orders = Path.Combine(_directory.FullName, "orders.jsonl");
        await File.WriteAllLinesAsync(orders, ["""{"id":"a","amount":20}""", """{"id":"b","amount":0}""", """{"id":"c","amount":250}"""]);
        var bank = new Bank();
        var exitCode = await Programs.OwnProgramAsync(
            ["run", "--id", "charges", "--jsonl", orders, "--handler", "charge", "--attempts", "3", "--reduce", "histogram", .. InHome()], bank);

        var report = Report();
        Assert.Equal(1, exitCode);
        Assert.Equal((2, 1), (report.GetProperty("tally").GetProperty("succeeded").GetInt32(), report.GetProperty("tally").GetProperty("failed").GetInt32()));
        Assert.Equal(["charges/0", "charges/2"], bank.Charged.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((1, 1), (report.GetProperty("reduced").GetProperty("small").GetInt32(), report.GetProperty("reduced").GetProperty("large").GetInt32()));
        var error = report.GetProperty("tally").GetProperty("errors")[0];
        Assert.Equal(("PermanentItemException", 1), (error.GetProperty("type").GetString(), error.GetProperty("exampleIndex").GetInt32()));
    }

    [Fact]
    public async Task OwnProgram_OffersItsFunctionsAndSources()
    {
        Assert.Equal(0, await Programs.OwnProgramAsync(["run", "--spec", Spec("double", 20), "--reduce", "sum", .. InHome()], new Bank()));
        Assert.Equal(380, Report().GetProperty("reduced").GetInt32());
    }

    [Fact]
    public async Task BlobHandler_OpensTheBlobThatIsItsItem()
    {
        var blobs = new Mock<IBlobReader>();
        blobs.Setup(reader => reader.OpenReadAsync(It.Is<BlobItem>(blob => blob.Container == "logs" && blob.Name == "a.log"), It.IsAny<CancellationToken>()))
            .ReturnsAsync(() => new MemoryStream(Encoding.UTF8.GetBytes("one\ntwo\nthree\n")));
        var spec = Path.Combine(_directory.FullName, "blobs.json");
        await File.WriteAllTextAsync(spec, """
            {
              "handler": { "name": "count-lines" },
              "source": { "kind": "inline", "items": [{ "container": "logs", "name": "a.log", "size": 14, "contentType": "", "lastModified": "2026-11-23T08:00:00Z" }] },
              "results": { "reduce": "sum" }
            }
            """);
        var exitCode = await FanoutApp.RunAsync(["run", "--spec", spec, .. InHome()], fanout =>
        {
            fanout.Services.AddSingleton(blobs.Object);
            fanout.AddHandler<CountLines>("count-lines");
        });
        Assert.Equal(0, exitCode);
        Assert.Equal(3, Report().GetProperty("reduced").GetInt32());
    }

    [Fact]
    public async Task BackPressure_TheProducerIsNeverFurtherAheadThanTheWorkersHoldItems()
    {
        long most = 0;
        var gate = new Lock();
        var exitCode = await Programs.BackPressureAsync(["run", "--spec", Spec("slow", 20_000), "--concurrency", "4", .. InHome()], ahead =>
        {
            lock (gate)
                most = Math.Max(most, ahead);
        });
        Assert.Equal(0, exitCode);
        Assert.InRange(most, 1, 4);
    }

    [Fact]
    public async Task VerticalScale_AsManyItemsAtOnceAsThereAreProcessors()
    {
        var processors = Environment.ProcessorCount;
        var exitCode = await Programs.AllProcessorsAsync(
            ["run", "--range", $"0..{4 * processors}", "--handler", "meet", "--concurrency", $"{processors}", .. InHome()]);
        Assert.Equal(0, exitCode);
        Assert.Equal(4 * processors, Report().GetProperty("tally").GetProperty("succeeded").GetInt32());
    }

    [Fact]
    public async Task NothingIsLeft_NoTimerOrOpenFileOutlivesAHome()
    {
        var time = new CountingTime();
        var report = await Programs.EmbeddedAsync(Home, time, CancellationToken.None);

        Assert.Equal("420", report.Reduced!.Value.GetRawText());
        Assert.Contains("19: Succeeded 40", _printed.ToString(), StringComparison.Ordinal);
        Assert.True(time.Created > 0);
        await time.WhenNoneIsAliveAsync().WaitAsync(TimeSpan.FromSeconds(30));
        if (!OperatingSystem.IsLinux())
            return;
        Assert.DoesNotContain(Directory.EnumerateFiles("/proc/self/fd").Select(Target), target => target.StartsWith(Home, StringComparison.Ordinal));
    }

    private static string Target(string descriptor) => File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.FullName ?? "";

    private string[] InHome() => ["--json", "--home", Home];

    private JsonElement Report() => JsonElement.Parse(_printed.ToString());

    private string Spec(string handler, int count)
    {
        var path = Path.Combine(_directory.FullName, "spec.json");
        File.WriteAllText(path, $$"""{ "handler": { "name": "{{handler}}" }, "source": { "kind": "custom", "name": "numbers", "options": { "count": {{count}} } } }""");
        return path;
    }
}
