using System.Diagnostics;
using System.Text.Json;
using Fanout.Handlers;
using Fanout.Handlers.Exec;
using Xunit;

namespace Fanout.Tests.Handlers.Exec;

/// <summary>What exec promises whatever runs its processes: real ones, on this machine.</summary>
public abstract class ExecHandlerContract
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private protected abstract IProcessRunner CreateRunner(ExecOptions options);

    private protected ExecHandler Create(string options)
    {
        var read = ExecOptionsReader.Read(Attempts.Json(options));
        return new(read, CreateRunner(read));
    }

    [Fact]
    public async Task StandardOutput_IsTheResult_WithoutItsLastLineBreaks() =>
        Assert.Equal("\"a b\\nc\\\"d\"", await RunAsync("""{"command":["printf","%s\n\n","{}"]}""", Attempts.OfText("a b\nc\"d")));

    [Fact]
    public async Task ItemIsOneArgument_NeverSplitNorReadByAShell() =>
        Assert.Equal("\"[a b; $HOME `x`*]\"", await RunAsync("""{"command":["printf","[%s]"]}""", Attempts.OfText("a b; $HOME `x`*")));

    [Fact]
    public async Task CommandWithoutPlaceholder_GetsTheItemLast_UnlessToldOtherwise()
    {
        var item = Attempts.OfText("x");

        Assert.Equal("\"a x\"", await RunAsync("""{"command":["echo","a"]}""", item));
        Assert.Equal("\"a\"", await RunAsync("""{"command":["echo","a"],"append":false}""", item));
        Assert.Equal("\"a 0\"", await RunAsync("""{"command":["echo","a","{#}"]}""", item));
        Assert.Equal("\"x\"", await RunAsync("""{"command":["cat"],"input":"item"}""", item));
    }

    [Fact]
    public async Task FieldsOfObjects_FillTheirPlaces()
    {
        const string options = """{"command":["echo","{name}","{size.w}","{{}}"],"env":{"X":"<{name}>"}}""";

        Assert.Equal("\"a b 5 {}\"", await RunAsync(options, Attempts.OfJson("""{"name":"a b","size":{"w":5}}""")));
        await using var handler = Create(options);
        var (error, retryable, _) = await handler.FailAsync(Attempts.OfJson("""{"name":"a"}"""));
        Assert.Equal("MissingField", error.Type);
        Assert.False(retryable);
    }

    [Fact]
    public async Task Environment_TellsOfTheAttempt()
    {
        const string options = """
            {"command":["sh","-c","echo \"$FANOUT_RUN_ID $FANOUT_ITEM_INDEX $FANOUT_ATTEMPT $FANOUT_IDEMPOTENCY_KEY $FANOUT_ITEM $MINE\""],"env":{"MINE":"m{#}"}}
            """;

        Assert.Equal("\"run 7 3 run/7 the item m7\"", await RunAsync(options, Attempts.OfText("the item", index: 7, attempt: 3)));
    }

    [Fact]
    public async Task Environment_TellsOfTheTrace()
    {
        using var span = new Activity("item").SetParentId("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").Start();

        Assert.Equal($"\"{span.Id}\"", await RunAsync("""{"command":["sh","-c","echo \"$TRACEPARENT\""],"append":false}""", Attempts.OfText("")));
    }

    [Fact]
    public async Task WorkingDirectory_IsWhereTheCommandRuns()
    {
        var directory = Directory.CreateTempSubdirectory("fanout-test-");

        var result = await RunAsync("""{"command":["sh","-c","pwd"],"workingDirectory":"{}","append":false}""", Attempts.OfText(directory.FullName));

        Assert.Equal(JsonSerializer.Serialize(directory.FullName), result);
        directory.Delete();
    }

    [Fact]
    public async Task LargeInput_ArrivesWhole_AlsoWhenNobodyReadsIt()
    {
        var item = Attempts.OfText(new string('x', 1_000_000));

        Assert.Equal("\"1000000\"", await RunAsync("""{"command":["wc","-c"],"input":"item"}""", item));
        Assert.Equal("\"\"", await RunAsync("""{"command":["true"],"input":"item"}""", item));
    }

    [Fact]
    public async Task OutputOverTheLimit_IsReadToItsEnd_AndCutBetweenCharacters()
    {
        const string options = """{"command":["sh","-c","yes é | head -c 3000000; echo done >&2"],"append":false,"maxOutputBytes":100000}""";

        var text = JsonSerializer.Deserialize<string>(await RunAsync(options, Attempts.OfText("")))!;

        Assert.Equal(33_333, text.Count(c => c == 'é'));
        Assert.DoesNotContain('\uFFFD', text);
    }

    [Fact]
    public async Task OutputThatIsNotUtf8_IsReplacedWhereItIsNot() =>
        Assert.Equal("\"a\uFFFDb\"", await RunAsync("""{"command":["printf","a\\377b"],"append":false}""", Attempts.OfText("")));

    [Fact]
    public async Task JsonOutput_IsTheResultItself()
    {
        Assert.Equal("{\"a\":[1,2]}", await RunAsync("""{"command":["echo"],"output":"json"}""", Attempts.OfText("{ \"a\" : [1,\n2] }")));
        Assert.Equal("", await RunAsync("""{"command":["true"],"output":"json"}""", Attempts.OfText("")));
        Assert.Equal("", await RunAsync("""{"command":["echo"],"output":"none"}""", Attempts.OfText("x")));
    }

    [Theory]
    [InlineData("{\"a\":", "OutputNotJson")]
    [InlineData("1 2", "OutputNotJson")]
    [InlineData("[1,2,3,4,5,6,7,8,9]", "OutputTooLarge")]
    public async Task OutputThatIsNoJson_FailsForGood(string output, string type)
    {
        await using var handler = Create("""{"command":["echo"],"output":"json","maxOutputBytes":10}""");

        var (error, retryable, _) = await handler.FailAsync(Attempts.OfText(output));

        Assert.Equal(type, error.Type);
        Assert.False(retryable);
    }

    [Theory]
    [InlineData("echo out; echo one >&2; echo two >&2; exit 3", "ExitCode3", "one\ntwo", true)]
    [InlineData("exit 3", "ExitCode3", "exited with 3", true)]
    [InlineData("echo bad >&2; exit 4", "ExitCode4", "bad", false)]
    public async Task ExitCode_NamesTheFailure_AndTheLastLinesOfStandardErrorSayWhy(string script, string type, string message, bool retried)
    {
        await using var handler = Create("""{"command":["sh","-c","{}"],"permanentExitCodes":[4]}""");

        var (error, retryable, _) = await handler.FailAsync(Attempts.OfText(script));

        Assert.Equal(new(type, message), error);
        Assert.Equal(retried, retryable);
    }

    [Fact]
    public async Task OtherExitCodes_CanMeanSuccess() =>
        Assert.Equal("\"x\"", await RunAsync("""{"command":["sh","-c","echo x; exit 1"],"append":false,"successExitCodes":[0,1]}""", Attempts.OfText("")));

    [Fact]
    public async Task CommandThatIsNotThere_FailsForGood()
    {
        await using var handler = Create("""{"command":["{}"]}""");

        foreach (var program in new[] { "no-such-program-here", "/no/such/program", "./no-such-program" })
        {
            var (error, retryable, _) = await handler.FailAsync(Attempts.OfText(program));
            Assert.Equal("CommandNotFound", error.Type);
            Assert.False(retryable);
        }
    }

    [Fact]
    public async Task ArgumentsTheSystemCannotPass_FailForGood()
    {
        await using var handler = Create("""{"command":["true","{}"]}""");

        Assert.Equal("ArgumentListTooLong", (await handler.FailAsync(Attempts.OfText(new string('x', 200_000)))).Error.Type);
        Assert.Equal("UnusableArgument", (await handler.FailAsync(Attempts.OfJson("\"a\\u0000b\""))).Error.Type);
    }

    [Fact]
    public async Task ItemWithNul_StillArrivesAsInput() =>
        Assert.Equal("\"3\"", await RunAsync("""{"command":["wc","-c"],"input":"item"}""", Attempts.OfJson("\"a\\u0000b\"")));

    [Fact]
    public async Task ManyAtOnce_EachGetItsOwnOutput()
    {
        await using var handler = Create("""{"command":["echo","item {}"]}""");

        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => handler.HandleAsync(Attempts.OfJson($"{i}", i)))).WaitAsync(Patience);

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"\"item {i}\""), results);
    }

    [Fact]
    public async Task Cancel_KillsTheWholeProcessTree()
    {
        using var fifo = await Fifo.CreateAsync();
        using var cancel = new CancellationTokenSource();
        await using var handler = Create("""{"command":["sh","-c","exec 3>\"$1\"; (sleep 1000 & sleep 1000) & echo ready >&3; wait","sh","{}"]}""");

        var handling = handler.HandleAsync(Attempts.OfText(fifo.Path), cancel.Token);
        await using var held = await fifo.OpenAsync(FileAccess.Read).WaitAsync(Patience);
        using var reader = new StreamReader(held);
        Assert.Equal("ready", await reader.ReadLineAsync().WaitAsync(Patience));
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handling).WaitAsync(Patience);
        // The end of the pipe: none of the processes that hold its other end lives.
        Assert.Null(await reader.ReadLineAsync().WaitAsync(Patience));
    }

    [Fact]
    public async Task CancelBeforeTheStart_StartsNothing()
    {
        var file = Path.Combine(Path.GetTempPath(), $"fanout-test-{Environment.ProcessId}-{GetType().Name}");
        await using var handler = Create("""{"command":["touch"]}""");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handler.HandleAsync(Attempts.OfText(file), new CancellationToken(canceled: true)));

        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task DescendantThatKeepsTheOutputOpen_DoesNotHoldTheItem()
    {
        using var fifo = await Fifo.CreateAsync();
        await using var handler = Create("""{"command":["sh","-c","(read line < \"$1\") & echo done","sh","{}"]}""");

        Assert.Equal("\"done\"", await handler.HandleAsync(Attempts.OfText(fifo.Path)).WaitAsync(Patience));

        // Opening and closing the other end lets the descendant go.
        await (await fifo.OpenAsync(FileAccess.Write).WaitAsync(Patience)).DisposeAsync();
    }

    [Fact]
    public async Task Dispose_KillsWhatStillRuns()
    {
        using var fifo = await Fifo.CreateAsync();
        var handler = Create("""{"command":["sh","-c","exec 3>\"$1\"; echo ready >&3; sleep 1000","sh","{}"]}""");
        var handling = handler.HandleAsync(Attempts.OfText(fifo.Path));
        using var reader = new StreamReader(await fifo.OpenAsync(FileAccess.Read).WaitAsync(Patience));
        Assert.Equal("ready", await reader.ReadLineAsync().WaitAsync(Patience));

        await handler.DisposeAsync().AsTask().WaitAsync(Patience);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handling);
        Assert.Null(await reader.ReadLineAsync().WaitAsync(Patience));
    }

    private async Task<string> RunAsync(string options, ItemContext item)
    {
        await using var handler = Create(options);
        return await handler.HandleAsync(item).WaitAsync(Patience);
    }
}
