using Fanout.Cli.Tests.Support;
using Xunit;

namespace Fanout.Cli.Tests.Parsing;

public class RefusalTests
{
    private const string Ok = "--range 0..10 --handler echo ";

    // A command line, and words its message must contain.
    [Theory]
    [InlineData("rnu", "rnu is no command", "Did you mean run?")]
    [InlineData("frobnicate", "frobnicate is no command", "--help")]
    [InlineData("--bogus", "--bogus is no option")]
    [InlineData("run", "no items", "nothing to run on them")]
    [InlineData("run --handler echo", "no items", "--lines FILE")]
    [InlineData("run --range 0..10", "nothing to run on them", "--handler NAME")]
    [InlineData("run --range 0..10 --handler ecko", "--handler", "ecko", "echo")]
    [InlineData("run --range 0..10 --handler", "--handler: needs a value")]
    [InlineData("run --range 0..10 --handler echo --", "no command follows")]
    [InlineData("run --range 0..10 --handler echo -- cat", "one handler")]
    [InlineData("run --range 0..10 --lines x --handler echo", "one source", "--lines", "--range")]
    [InlineData("run --json a --json b --handler echo", "one source")]
    [InlineData("run --lines x --json y --handler echo", "one source", "JSON output")]
    [InlineData("run --lines a --lines b --handler echo", "--lines", "more than once")]
    [InlineData("run --range 10 --handler echo", "--range", "A..B")]
    [InlineData("run --range 1..x --handler echo", "--range", "A..B")]
    [InlineData("run --range 1...5 --handler echo", "--range", "A..B")]
    [InlineData("run --range 5..1 --handler echo", "--range")]
    [InlineData("run --range 0..99999999999999999999 --handler echo", "--range")]
    [InlineData("run --items --handler echo", "--items: needs a value")]
    [InlineData("run --files --handler echo", "--files: needs a value")]
    [InlineData("run --lines --handler echo", "--lines: needs a value")]
    [InlineData("run --items a --concurency 5 --handler echo", "--concurency is no option", "Did you mean --concurrency?")]
    [InlineData("run --handler --rat", "--rat is no option", "Did you mean --rate?")]
    [InlineData("run " + Ok + "--frob", "--frob is no option of run", "run --help")]
    [InlineData("run " + Ok + "surplus", "surplus is more than run takes")]
    [InlineData("run " + Ok + "--set", "--set: needs a value")]
    [InlineData("run " + Ok + "--set novalue", "--set", "key=value")]
    [InlineData("run " + Ok + "--set =1", "--set", "key=value")]
    [InlineData("run --range 0..1 --set a=1", "--set: there is no handler")]
    [InlineData("run " + Ok + "--concurrency 0", "--concurrency: 0", "1")]
    [InlineData("run " + Ok + "--concurrency abc", "--concurrency: \"abc\"")]
    [InlineData("run " + Ok + "--concurrency 1000000", "--concurrency", "100,000")]
    [InlineData("run " + Ok + "--concurrency -4", "--concurrency: -4")]
    [InlineData("run " + Ok + "--rate fast", "--rate: \"fast\"")]
    [InlineData("run " + Ok + "--rate 0/s", "--rate")]
    [InlineData("run " + Ok + "--burst 5", "--burst")]
    [InlineData("run " + Ok + "--rate 1/s --burst 0", "--burst: 0")]
    [InlineData("run " + Ok + "--limit", "--limit: needs a value")]
    [InlineData("run " + Ok + "--limit a!b", "--limit: \"a!b\" is not a limit's name")]
    [InlineData("run " + Ok + "--on-complete-webhook x", "--on-complete-webhook: \"x\" is not an absolute http or https URL")]
    [InlineData("run " + Ok + "--on-complete-webhook http://169.254.169.254/", "--on-complete-webhook: ", "always refused")]
    [InlineData("run " + Ok + "--on-complete-secret-from S", "--on-complete-webhook: is missing")]
    [InlineData("run " + Ok + "--on-complete-webhook https://x/ --on-complete-secret-from 1-2", "--on-complete-secret-from: is not an environment variable's name")]
    [InlineData("run " + Ok + "--on-complete-queue Done", "--on-complete-queue: \"Done\" is not a queue's name", "3 to 63")]
    [InlineData("run " + Ok + "--weight 0", "--weight: 0 is too small")]
    [InlineData("run " + Ok + "--cost units", "--cost: \"units\" is not a cost")]
    [InlineData("run " + Ok + "--cost 100001", "--cost: 100001 is too large", "1 to 100,000")]
    [InlineData("run " + Ok + "--per-key /a", "--per-key: ", "limits nothing")]
    [InlineData("run " + Ok + "--per-key a --ordered", "--per-key: \"a\" is not a JSON pointer")]
    [InlineData("run " + Ok + "--ordered", "--per-key: is missing")]
    [InlineData("run " + Ok + "--per-key /a --ordered --per-key-concurrency 2", "--per-key-concurrency: 2 is not 1")]
    [InlineData("run " + Ok + "--per-key /a --per-key-concurrency 2 --per-key-burst 2", "--per-key-burst: 2 needs a rate")]
    [InlineData("run " + Ok + "--adaptive maybe", "maybe is more than run takes")]
    [InlineData("run " + Ok + "--timeout soon", "--timeout: \"soon\"")]
    [InlineData("run " + Ok + "--timeout 25h", "--timeout")]
    [InlineData("run " + Ok + "--attempts 0", "--attempts: 0")]
    [InlineData("run " + Ok + "--attempts 101", "--attempts: 101")]
    [InlineData("run " + Ok + "--first-delay 2h", "--first-delay")]
    [InlineData("run " + Ok + "--backoff 0.5", "--backoff: 0.5")]
    [InlineData("run " + Ok + "--max-delay 25h", "--max-delay")]
    [InlineData("run " + Ok + "--jitter maybe", "--jitter: \"maybe\"")]
    [InlineData("run " + Ok + "--tolerate 101%", "--tolerate", "101")]
    [InlineData("run " + Ok + "--tolerate -1", "--tolerate", "-1")]
    [InlineData("run " + Ok + "--tolerate some", "--tolerate", "some")]
    [InlineData("run " + Ok + "--tolerate %", "--tolerate")]
    [InlineData("run " + Ok + "--tolerate 5% --tolerate 6%", "--tolerate: more than one percent")]
    [InlineData("run " + Ok + "--deadline 31d", "--deadline")]
    [InlineData("run " + Ok + "--keep some", "--keep: \"some\"", "failures")]
    [InlineData("run " + Ok + "--reduce average", "--reduce")]
    [InlineData("run " + Ok + "--slice 1h", "--slice")]
    [InlineData("run " + Ok + "--max-items 0", "--max-items: 0")]
    [InlineData("run " + Ok + "--checkpoint 2m", "--checkpoint")]
    [InlineData("run " + Ok + "--branches 300", "--branches: 300")]
    [InlineData("run " + Ok + "--lanes 0", "--lanes: 0")]
    [InlineData("run " + Ok + "--max-item-bytes 0", "--max-item-bytes: 0")]
    [InlineData("run " + Ok + "--delimiter ;", "--delimiter", "--csv FILE")]
    [InlineData("run " + Ok + "--no-header", "--no-header", "--csv FILE")]
    [InlineData("run --csv x --delimiter abc --handler echo", "--delimiter")]
    [InlineData("run " + Ok + "--id a/b", "--id")]
    [InlineData("run " + Ok + "--grace never", "--grace", "30s")]
    [InlineData("run --spec /nowhere/spec.json", "there is no file /nowhere/spec.json")]
    [InlineData("run --spec - --lines -", "standard input cannot be both")]
    [InlineData("run --spec -", "is not JSON")]
    [InlineData("plan", "no items")]
    [InlineData("plan " + Ok + "--concurrency 0", "--concurrency: 0")]
    [InlineData("status", "RUN is missing", "status --help")]
    [InlineData("status nope", "There is no run nope.")]
    [InlineData("status a b", "b is more than status takes")]
    [InlineData("status --verbose", "--verbose is no option of status")]
    [InlineData("status nope -- x", "only run, plan and redrive")]
    [InlineData("results nope", "There is no run nope.")]
    [InlineData("results --faild nope", "Did you mean --failed?")]
    [InlineData("pause nope", "There is no run nope.")]
    [InlineData("resume nope", "There is no run nope.")]
    [InlineData("cancel nope", "There is no run nope.")]
    [InlineData("retune nope", "nothing to change")]
    [InlineData("retune nope --concurrency 0", "--concurrency: 0")]
    [InlineData("retune nope --concurrency 4", "There is no run nope.")]
    [InlineData("retune nope --rate x", "--rate: \"x\"")]
    [InlineData("redrive nope", "There is no run nope.")]
    [InlineData("redrive", "RUN is missing")]
    [InlineData("purge", "either a run or --older-than")]
    [InlineData("purge nope --older-than 7d", "either a run or --older-than")]
    [InlineData("purge nope", "There is no run nope.")]
    [InlineData("purge --older-than never", "--older-than", "7d")]
    [InlineData("list --limit 0", "--limit", "1 to 1000")]
    [InlineData("list --limit many", "--limit: \"many\"")]
    [InlineData("list --status Frozen", "--status: \"Frozen\"", "Paused")]
    [InlineData("list surplus", "surplus is more than list takes")]
    [InlineData("schema surplus", "surplus is more than schema takes")]
    [InlineData("status x --home missing", "There is no run x: there is no home at")]
    [InlineData("purge x --home missing", "There is no run x: there is no home at")]
    [InlineData("resume x --home missing", "There is no run x: there is no home at")]
    [InlineData("status x --home", "--home: needs a value")]
    public async Task WrongInput_IsRefusedWithAMessage(string line, params string[] words)
    {
        using var cli = new Support.Cli();

        var exitCode = await cli.RunAsync(line.Split(' '));

        Assert.True(exitCode == 2, $"{exitCode}: {cli.Error}");
        Assert.Equal("", cli.Output);
        Assert.All(cli.Error.TrimEnd().Split('\n'), l => Assert.StartsWith("fanout: ", l, StringComparison.Ordinal));
        Assert.All(words, word => Assert.Contains(word, cli.Error, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", cli.Error, StringComparison.Ordinal);
        Assert.Empty(cli.Home.Started);
    }

    [Fact]
    public async Task AnEmptyHome_IsRefused()
    {
        using var cli = new Support.Cli();
        Assert.Equal(2, await cli.RunAsync("list", "--home", ""));
        Assert.Contains("--home", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AllThatIsWrong_IsSaidAtOnce()
    {
        using var cli = new Support.Cli();
        Assert.Equal(2, await cli.RunAsync((Ok + "--concurrency 0 --attempts 0 --keep some").Split(' ', StringSplitOptions.RemoveEmptyEntries).Prepend("run").ToArray()));
        Assert.Equal(3, cli.Error.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public async Task ErrorsInASpecFile_NameTheFileAndTheField()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, """{"handler":{"name":"echo"},"source":{"kind":"range","start":0,"end":1},"flow":{"concurrency":0}}""");
            using var cli = new Support.Cli();
            Assert.Equal(2, await cli.RunAsync("run", "--spec", file));
            Assert.Contains($"{file}: /flow/concurrency: 0", cli.Error, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("""{"handler":1,"handler":2}""")]
    public async Task ASpecThatIsNoObject_IsRefused(string text)
    {
        using var cli = new Support.Cli { Input = text };
        Assert.Equal(2, await cli.RunAsync("run", "--spec", "-"));
        Assert.StartsWith("fanout: -: ", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NothingIsOpened_ForWrongInput()
    {
        using var cli = new Support.Cli();
        await cli.RunAsync("run", "--range", "0..10", "--handler", "echo", "--concurrency", "0");
        Assert.Null(cli.Home.Options);
    }
}
