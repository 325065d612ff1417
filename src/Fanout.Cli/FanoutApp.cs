using Fanout.Cli.Driving;
using Fanout.Cli.Parsing;
using Fanout.Cli.Wiring;
using Fanout.Embedded;
using Fanout.Handlers;
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
    public static async Task<int> RunAsync(string[] args, Action<FanoutBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(configure);
        // A server has an engine of its own.
        if (args is ["run" or "resume" or "redrive", ..] && !args.Any(arg => arg.StartsWith("--server", StringComparison.Ordinal)))
            _ = Warmup.BeginAsync();
        using var signals = new StopSignals(ProcessEnvironment.ExitNow);
        using var registrations = new ProcessSignals(signals);
        CliEnvironment? environment = null;
        var services = new ServiceCollection();
        services.AddLogging(logging => logging
            .SetMinimumLevel(ErrorLogging.MinimumLevel(Environment.GetEnvironmentVariable))
            .AddProvider(new ErrorLogging(line => environment?.WriteLog(line))));
        configure(services.AddFanout());
        await using var provider = services.BuildServiceProvider();
        environment = ProcessEnvironment.Create(provider.GetRequiredService<FanoutRegistry>(), new Homes(services, provider), signals);
        return await CommandLine.RunAsync(args, environment);
    }
}
