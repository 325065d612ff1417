using Fanout.Cli.Tests.Support;
using Xunit;

namespace Fanout.Cli.Tests.Commands;

/// <summary>What <c>profile</c> and <c>doctor</c> refuse before they look.</summary>
public sealed class ProfileCommandTests
{
    [Theory]
    [InlineData("RUN is missing", "profile")]
    [InlineData("--pid: RUN says already", "profile", "nightly", "--pid", "1")]
    [InlineData("\"x\" is no process id", "profile", "--pid", "x")]
    [InlineData("\"0\" is no process id", "profile", "--pid", "0")]
    [InlineData("--cpu and --locks", "profile", "nightly", "--locks", "--cpu")]
    [InlineData("--seconds: \"0\" is not a whole number from 1 to 3600", "profile", "nightly", "--seconds", "0")]
    [InlineData("--seconds: \"3601\"", "profile", "nightly", "--seconds", "3601")]
    [InlineData("--pid: a server profiles its own process only", "profile", "--pid", "1", "--server", "http://localhost:1")]
    [InlineData("--seconds: a server records 120 s at most", "profile", "nightly", "--seconds", "121", "--server", "http://localhost:1")]
    [InlineData("--seconds: a server says itself", "doctor", "--seconds", "5", "--server", "http://localhost:1")]
    public async Task WhatIsNotLegal_IsRefused(string message, params string[] args)
    {
        using var cli = new Support.Cli();
        Assert.Equal(ExitCodes.Refused, await cli.RunAsync(args));
        Assert.Contains(message, cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunOfAnotherMachine_IsRefused()
    {
        using var cli = Support.Cli.WithRun(Given.Record() with { DrivenBy = "elsewhere-entirely:17" });
        Assert.Equal(ExitCodes.Refused, await cli.RunAsync("profile", "nightly"));
        Assert.Contains("is driven by elsewhere-entirely:17, a process of another machine", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunThatHasEnded_IsRefused()
    {
        using var cli = Support.Cli.WithRun(Given.Record() with { Report = Given.Report() });
        Assert.Equal(ExitCodes.Refused, await cli.RunAsync("profile", "nightly"));
        Assert.Contains("Run 'nightly' has ended", cli.Error, StringComparison.Ordinal);
    }
}
