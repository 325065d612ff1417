using Fanout.Cli.Driving;
using Fanout.Cli.Parsing;
using Fanout.Cli.Telemetry;
using Fanout.Cli.Wiring;
using Fanout.Embedded;
using Fanout.Handlers;
using Fanout.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fanout.Cli;

/// <summary>The whole command line for a program with handlers of its own.</summary>
public static class FanoutApp
{
    /// <summary>
    /// Runs one command (<c>run</c>, <c>status</c>, <c>resume</c>, …) over the built-in handlers and those that <paramref name="configure"/>
    /// adds: <c>return await FanoutApp.RunAsync(args, fanout =&gt; fanout.AddHandler&lt;Thumbnail&gt;("thumbnail"));</c>
    /// </summary>
    /// <param name="args">The program's arguments.</param>
    /// <param name="configure">Adds handlers, reducers, sources, and the services they need.</param>
    /// <returns>The exit code, to be returned from the program.</returns>
    /// <exception cref="ArgumentException"><paramref name="configure"/> gave a name twice.</exception>
    public static Task<int> RunAsync(string[] args, Action<FanoutBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(configure);
        return RunAsync(args, configure, Environment.GetEnvironmentVariable);
    }

    /// <summary>As above, with environment variables of the caller's.</summary>
    internal static async Task<int> RunAsync(string[] args, Action<FanoutBuilder> configure, Func<string, string?> variable)
    {
        // A server has an engine of its own.
        if (args is ["run" or "resume" or "redrive", ..] && !args.Any(arg => arg.StartsWith("--server", StringComparison.Ordinal)))
            _ = Warmup.BeginAsync();
        // Last: what is logged and traced until then is sent.
        using var telemetry = BeginExport(args, variable);
        using var signals = new StopSignals(ProcessEnvironment.ExitNow);
        using var registrations = new ProcessSignals(signals);
        CliEnvironment? environment = null;
        var services = new ServiceCollection();
        services.AddLogging(logging => Configure(logging, line => environment?.WriteLog(line), telemetry, variable));
        configure(services.AddFanout());
        await using var provider = services.BuildServiceProvider();
        environment = ProcessEnvironment.Create(provider.GetRequiredService<FanoutRegistry>(), new Homes(services, provider), signals, variable);
        environment.ConfigureLogging = logging => Configure(logging, environment.WriteLog, telemetry, variable);
        using var span = CommandSpan.Begin(args, variable);
        var exitCode = await CommandLine.RunAsync(args, environment);
        CommandSpan.End(span, exitCode);
        return exitCode;
    }

    private static void Configure(ILoggingBuilder logging, Action<string> write, TelemetryExport? telemetry, Func<string, string?> variable)
    {
        var least = ErrorLogging.MinimumLevel(variable);
        logging.SetMinimumLevel(least).AddProvider(new ErrorLogging(write)).AddFilter<ErrorLogging>(null, least);
        if (telemetry is not null)
            AddTo(logging, telemetry);
    }

    // Methods of their own: only when they are called is anything of OpenTelemetry loaded.
    private static TelemetryExport? BeginExport(string[] args, Func<string, string?> variable)
    {
        var request = ExportRequest.Read(variable);
        return request.IsAny ? Begin(request, args, variable) : null;
    }

    private static TelemetryExport Begin(ExportRequest request, string[] args, Func<string, string?> variable) =>
        TelemetryExport.Begin(request, ProcessEnvironment.ProgramName(), ProcessEnvironment.Version(), isServer: args is ["serve", ..], variable);

    private static void AddTo(ILoggingBuilder logging, TelemetryExport telemetry) => telemetry.AddTo(logging);
}
