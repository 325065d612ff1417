using Fanout.Dispatch;
using Xunit;

namespace Fanout.Tests.Dispatch;

public sealed class RequestRulesTests
{
    private static readonly RangeSourceSpec Numbers = new() { Start = 0, End = 10 };

    [Fact]
    public void Exec_IsRefusedUnlessItIsAllowed()
    {
        var spec = new RunSpec { Handler = new HandlerSpec("exec"), Source = Numbers };
        Assert.Equal("/handler/name", Assert.Single(new RequestRules().Check(spec)).Pointer);
        Assert.Empty(new RequestRules { AllowExec = true }.Check(spec));
    }

    [Fact]
    public void ListedHandlers_AreRefused()
    {
        var rules = new RequestRules { RefusedHandlers = ["http", "exec"], AllowExec = true };
        Assert.Equal("/handler/name", Assert.Single(rules.Check(new RunSpec { Handler = new HandlerSpec("http"), Source = Numbers })).Pointer);
        Assert.Single(rules.Check(new RunSpec { Handler = new HandlerSpec("exec"), Source = Numbers }));
        Assert.Empty(rules.Check(new RunSpec { Handler = new HandlerSpec("noop"), Source = Numbers }));
    }

    public static TheoryData<SourceSpec, string?> Sources => new()
    {
        { new LinesSourceSpec { Path = "/etc/passwd" }, "/source/path" },
        { new CsvSourceSpec { Path = "https://orders.blob.core.windows.net/in/a.csv" }, null },
        { new FilesSourceSpec { Patterns = ["**"] }, "/source/patterns/0" },
        { Numbers, null },
        { new RedriveSourceSpec { Run = "a" }, null },
    };

    [Theory]
    [MemberData(nameof(Sources))]
    public void FilesOfTheMachine_AreRefusedUnlessTheyAreAllowed(SourceSpec source, string? pointer)
    {
        var spec = new RunSpec { Handler = new HandlerSpec("noop"), Source = source };
        Assert.Equal(pointer, new RequestRules().Check(spec).SingleOrDefault()?.Pointer);
        Assert.Empty(new RequestRules { AllowLocalFiles = true }.Check(spec));
    }

    [Fact]
    public void StandardInput_IsNeverARequests()
    {
        var spec = new RunSpec { Handler = new HandlerSpec("noop"), Source = new JsonlSourceSpec { Path = "-" } };
        Assert.Equal("/source/path", Assert.Single(new RequestRules { AllowLocalFiles = true, FileRoots = ["/"] }.Check(spec)).Pointer);
    }

    [Fact]
    public void FilesBelowRoots_AreAllowed()
    {
        var rules = new RequestRules { FileRoots = [Path.GetTempPath()] };
        Assert.Empty(rules.CheckSource(new LinesSourceSpec { Path = Path.Combine(Path.GetTempPath(), "a.txt") }));
        Assert.Single(rules.CheckSource(new LinesSourceSpec { Path = Path.Combine(Path.GetTempPath(), "..", "a.txt") }));
        Assert.Empty(rules.CheckSource(new FilesSourceSpec { Root = Path.GetTempPath(), Patterns = ["**/*.txt", "!../x"] }));
        Assert.Equal("/source/patterns/1", Assert.Single(rules.CheckSource(new FilesSourceSpec { Root = Path.GetTempPath(), Patterns = ["*.txt", "a/../../*"] })).Pointer);
    }
}
