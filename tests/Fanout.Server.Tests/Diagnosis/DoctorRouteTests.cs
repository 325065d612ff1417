using System.Net;
using Fanout.Api.Tests.Support;
using Fanout.Doctor;
using Fanout.Embedded.Inspection;
using Fanout.Server.Tests.Support;
using Xunit;

namespace Fanout.Server.Tests.Diagnosis;

/// <summary>The server looks at itself.</summary>
public sealed class DoctorRouteTests
{
    [Fact]
    public async Task Look_IsAnswered_WhileTheServerHasTheHomeOpen()
    {
        await using var host = await StartAsync();
        var report = (await host.Client.AskAsync("/api/doctor")).Is(HttpStatusCode.OK);
        Assert.Equal(Environment.ProcessId, report.GetProperty("environment").GetProperty("processId").GetInt32());
        Assert.Equal("Whole", report.GetProperty("home").GetProperty("databases")[0].GetProperty("integrity").GetString());
        // And the home still works: nothing of its locks was let go.
        await host.Home.RunAsync("""{"id":"after","handler":{"name":"odd"},"source":{"kind":"range","start":0,"end":10}}""");
    }

    [Fact]
    public async Task OneLookIsTakenAtATime()
    {
        using var gate = new ManualResetEventSlim();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await ServerHost.StartAsync(options => options with
        {
            Doctor = aborted =>
            {
                begun.TrySetResult();
                gate.Wait(aborted);
                return Look(options.Directory);
            },
        });
        var first = host.Client.AskAsync("/api/doctor");
        await begun.Task;
        (await host.Client.AskAsync("/api/doctor")).Problem(HttpStatusCode.Conflict);
        gate.Set();
        (await first).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task WithoutAnybodyWhoLooks_ThereIsNone()
    {
        await using var host = await ServerHost.StartAsync();
        (await host.Client.AskAsync("/api/doctor")).Problem(HttpStatusCode.NotFound);
    }

    internal static Task<ServerHost> StartAsync() => ServerHost.StartAsync(options => options with { Doctor = _ => Look(options.Directory) });

    private static DoctorReport Look(string home)
    {
        var now = TimeProvider.System.GetUtcNow();
        return DoctorReport.Of(now, "1.2.3", EnvironmentProbe.Look(), HomeInspection.Look(home, isNamed: true, HomeInspection.DefaultPatience, now, CancellationToken.None));
    }
}
