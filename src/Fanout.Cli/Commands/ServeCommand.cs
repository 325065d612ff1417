using Fanout.Cli.Parsing;
using Fanout.Cli.Wiring;
using Fanout.Handlers.Http;
using Fanout.Runs;
using Fanout.Server;
using Fanout.Server.Listening;
using Fanout.Sources;
using Microsoft.Extensions.Logging;

namespace Fanout.Cli.Commands;

/// <summary><c>serve</c>: an HTTP server over a home's runs.</summary>
/// <remarks>What is of the web server is touched only when the command runs: loading it would slow down every other.</remarks>
internal static class ServeCommand
{
    // Others wait for their answers meanwhile.
    private static readonly TimeSpan ServerLook = TimeSpan.FromSeconds(5);

    public static CommandDefinition Create(GeneralFlags flags)
    {
        var own = new ServeFlags();
        var command = new CliCommand("serve", "Serve runs over HTTP until stopped: an API, a dashboard, and what drives them.")
        {
            Synopsis = "[OPTIONS]",
            Details = "It drives the runs that it is asked for, and those that nobody drives. For this machine only it needs no key; for others make one first: key add.",
            Examples =
            [
                ("", "the dashboard is at http://127.0.0.1:8430/"),
                ("--urls https://*:8443 --certificate server.pem --files /srv/orders", "for other machines, which need a key, over files below a directory"),
            ],
        };
        foreach (var group in own.Groups)
            command.Add(group);
        command.Add(flags.Group(GeneralFlags.CreateJson()));
        return new CommandDefinition(command, context => ServeAsync(context, own.Read(context)));
    }

    private static async Task<int> ServeAsync(CommandContext context, ServeRequest request)
    {
        try
        {
            var homeOptions = HomeOptionsOf(context, request);
            var serverOptions = ServerOptionsOf(context, request, homeOptions);
            await using var home = await context.Environment.OpenHome(homeOptions, context.Stop);
            await using var server = await FanoutServer.StartAsync(home, serverOptions, context.Stop);
            Tell(context, server.Urls);
            await server.RunAsync(context.Stop, context.Environment.Signals.Abort);
            return ExitCodes.Success;
        }
        catch (ServerException refused)
        {
            throw new UsageException($"serve: {refused.Message}");
        }
    }

    private static HomeOptions HomeOptionsOf(CommandContext context, ServeRequest request)
    {
        var options = context.OwnHomeOptions(request.Grace);
        return options with
        {
            LeavesStartsToDriver = true,
            Hosts = new HostRules { RefusePrivate = true, Allowed = request.AllowHosts },
            FileRoots = new DirectoryRoots([Path.Combine(options.Path, ServerOptions.UploadDirectoryName), .. request.FileRoots]),
        };
    }

    private static ServerOptions ServerOptionsOf(CommandContext context, ServeRequest request, HomeOptions home) => new()
    {
        Directory = home.Path,
        Version = context.Environment.Version,
        Addresses = ServerAddress.Read(request.Urls),
        Certificate = request.Certificate is { } file ? ServerCertificate.Load(file, request.CertificateKey, request.CertificatePassword) : null,
        FileRoots = request.FileRoots,
        AllowExec = request.AllowExec,
        Profiler = request.AllowProfile ? new ServerProfiler(context.Environment.Time) : null,
        Doctor = stop => Diagnoses.Look(home.Path, isNamed: true, ServerLook, context.Environment, stop),
        HasQueue = home.Storage is not null,
        RequestsPerSecond = request.RequestsPerSecond,
        UploadBytes = request.UploadBytes,
        Fleet = new RunFleetOptions
        {
            AtOnce = request.Runs,
            OnSetBack = (runId, failure) => context.Environment.WriteLog($"Run {runId} cannot go on now, and is tried again: {failure.Message}"),
        },
        Logging = context.Environment.ConfigureLogging ?? (logging => logging
            .SetMinimumLevel(ErrorLogging.MinimumLevel(context.Environment.Variable))
            .AddProvider(new ErrorLogging(context.Environment.WriteLog))),
        Time = context.Environment.Time,
    };

    private static void Tell(CommandContext context, IReadOnlyList<string> urls)
    {
        if (context.Json)
            context.PrintJson(new { listening = urls, home = context.OwnHomeOptions().Path });
        else if (!context.Quiet)
            context.Environment.Error.WriteLine($"Listening on {string.Join(", ", urls)}. Ctrl+C stops, and leaves runs to be resumed.");
    }
}
