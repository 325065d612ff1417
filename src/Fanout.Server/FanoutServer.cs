using Fanout.Api;
using Fanout.Dispatch;
using Fanout.Runs;
using Fanout.Server.Answers;
using Fanout.Server.Audit;
using Fanout.Server.Diagnosis;
using Fanout.Server.Events;
using Fanout.Server.Listening;
using Fanout.Server.Metrics;
using Fanout.Server.OpenApi;
using Fanout.Server.Security;
using Fanout.Server.Uploads;
using Fanout.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fanout.Server;

/// <summary>
/// An HTTP server over the runs of a home: it drives them, goes on with what was interrupted, and shows and changes them through the API and the dashboard.
/// </summary>
public sealed class FanoutServer : IAsyncDisposable
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    private readonly IFanoutHome _home;
    private readonly ServerOptions _options;
    private readonly WebApplication _app;
    private readonly RunFleet _fleet;
    private readonly RunHubs _hubs;
    private readonly UploadStore _uploads;
    private readonly MetricsCollector _metrics = new();
    private readonly CancellationTokenSource _stopping = new();

    private FanoutServer(IFanoutHome home, ServerOptions options, Action<IWebHostBuilder>? configure)
    {
        _home = home;
        _options = options;
        _fleet = new RunFleet(home.Client, home.Driver, options.Fleet, options.Time);
        _uploads = new UploadStore(options.Directory);
        _app = Build(configure);
        _hubs = new RunHubs(home.Client, home.Driver, () => _fleet.Driven, options.EventStreams, _app.Services.GetRequiredService<Changes>(), options.Time, _app.Services.GetRequiredService<ILogger<RunHubs>>());
        Map();
    }

    /// <summary>Where it listens, once it does: with the port it was given.</summary>
    public IReadOnlyList<string> Urls => [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? []];

    internal RunHubs Hubs => _hubs;

    internal IServiceProvider Services => _app.Services;

    /// <summary>Starts to listen and to answer; runs are driven by <see cref="RunAsync"/>.</summary>
    /// <param name="home">The runs; opened with <see cref="HomeOptions.LeavesStartsToDriver"/>, so that no more go on at once than the fleet drives.</param>
    /// <param name="options">Where it listens, and what it allows.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ServerException">It cannot listen there, or must not: it would be open to whoever reaches it.</exception>
    public static Task<FanoutServer> StartAsync(IFanoutHome home, ServerOptions options, CancellationToken cancellationToken) =>
        StartAsync(home, options, configure: null, cancellationToken);

    internal static async Task<FanoutServer> StartAsync(IFanoutHome home, ServerOptions options, Action<IWebHostBuilder>? configure, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(home);
        ArgumentNullException.ThrowIfNull(options);
        StartRules.Check(options, new KeyFile(options.Directory));
        var server = new FanoutServer(home, options, configure);
        try
        {
            await server._app.StartAsync(cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch (Exception failure)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            if (failure is IOException or System.Net.Sockets.SocketException or InvalidOperationException)
                throw new ServerException($"It cannot listen on {string.Join(", ", options.Addresses)}: {failure.Message} Stop what listens there, or choose another address with --urls.", failure);
            throw;
        }
    }

    /// <summary>
    /// Drives runs until <paramref name="stop"/> is cancelled: then no more requests are taken, event streams end, and every run is let go, to be continued
    /// by anyone, items in flight within the home's grace period.
    /// </summary>
    /// <param name="stop">Ends it.</param>
    /// <param name="abort">Cancels the items in flight too.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        var sweep = new UploadSweep(_uploads, _home.Client, _options.Directory, _options.Time, _app.Services.GetRequiredService<ILogger<UploadSweep>>());
        await Task.WhenAll(
            _fleet.RunAsync(stop, abort), _hubs.RunAsync(stop), sweep.RunAsync(stop), StopAnsweringAsync(stop)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        _metrics.Dispose();
        _stopping.Dispose();
    }

    private async Task StopAnsweringAsync(CancellationToken stop)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var stopping = stop.UnsafeRegister(static source => ((TaskCompletionSource)source!).TrySetResult(), stopped).ConfigureAwait(false);
        await stopped.Task.ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _app.StopAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private WebApplication Build(Action<IWebHostBuilder>? configure)
    {
        // Empty: settings of whatever directory it is started in, and variables meant for other servers, must not change where it listens.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => KestrelSetup.Apply(kestrel, _options));
        configure?.Invoke(builder.WebHost);
        _options.Logging(builder.Logging);
        var services = builder.Services;
        services.AddSingleton<IHostLifetime, CallerLifetime>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = AnswerWithin);
        services.AddRoutingCore();
        services.AddRateLimiter(limiter => RequestRates.Apply(limiter, _options.RequestsPerSecond));
        services.AddSingleton(_options.Time);
        services.AddSingleton(new KeyFile(_options.Directory));
        services.AddSingleton(provider => new KeyRing(
            provider.GetRequiredService<KeyFile>(), !IsLoopback, _options.Time, provider.GetRequiredService<ILogger<KeyRing>>()));
        services.AddSingleton(provider => new AuditLog(_options.Directory, provider.GetRequiredService<ILogger<AuditLog>>()));
        services.AddSingleton<RequestTurns>();
        var changes = new Changes();
        services.AddSingleton(changes);
        services.AddOutputCache(cache =>
        {
            cache.AddBasePolicy(new SharedAnswers(changes));
            cache.MaximumBodySize = SharedAnswers.LongestBytes;
            cache.SizeLimit = SharedAnswers.AllBytes;
        });
        services.AddApiDescription(_options.Version);
        return builder.Build();
    }

    private bool IsLoopback => _options.Addresses.All(address => address.IsLoopback);

    private void Map()
    {
        var keys = new KeyCheck(_app.Services.GetRequiredService<KeyRing>());
        var origins = new OriginCheck(IsLoopback);
        var auditing = new Auditing(_app.Services.GetRequiredService<AuditLog>(), _options.Time);
        var logger = _app.Services.GetRequiredService<ILogger<FanoutServer>>();
        _app.Use((http, next) => Fallback.AnswerAsync(http, next, logger));
        _app.Use(SecurityHeaders.AddAsync);
        _app.UseRouting();
        _app.Use(keys.IdentifyAsync);
        _app.UseRateLimiter();
        _app.Use(origins.CheckAsync);
        _app.Use(KeyCheck.AuthorizeAsync);
        _app.Use(_app.Services.GetRequiredService<Changes>().NoteAsync);
        _app.UseOutputCache();
        _app.Use(_app.Services.GetRequiredService<RequestTurns>().AnswerAsync);
        _app.Use(auditing.NoteAsync);
        MapRoutes(ApiHome());
    }

    private void MapRoutes(ApiHome home)
    {
        var uploads = new UploadAnswers(_uploads, _options.UploadBytes, _options.UploadsAtOnce);
        _app.MapFanoutApi(_ => home);
        _app.MapApiRoute(ServerRoutes.GetEvents(call => EventAnswer.OpenAsync(call, _hubs, _stopping.Token)), _ => home);
        _app.MapApiRoute(ServerRoutes.Upload(uploads.TakeAsync), _ => home);
        _app.MapApiRoute(ServerRoutes.GetMetrics(_metrics.Collect), _ => home);
        var profiles = new ProfileAnswers(_options.Profiler, id => _fleet.Driven.Contains(id), _options.Time, _stopping.Token);
        _app.MapApiRoute(ServerRoutes.RecordProfile(profiles.RecordAsync), _ => home);
        _app.MapApiRoute(ServerRoutes.StopProfile(profiles.StopAsync), _ => home);
        _app.MapApiRoute(ServerRoutes.GetDoctor(new DoctorAnswers(_options.Doctor).LookAsync), _ => home);
        _app.MapApiRoute(ServerRoutes.GetLive, _ => home);
        _app.MapApiDescription();
    }

    private ApiHome ApiHome() => new()
    {
        Runs = _home.Client,
        Limits = _home.Limits,
        Registry = _home.Registry,
        Directory = _options.Directory,
        Rules = new RequestRules { AllowExec = _options.AllowExec, FileRoots = [_options.UploadDirectory, .. _options.FileRoots] },
        OnStarted = _fleet.Give,
        Capabilities = new Capabilities
        {
            Version = _options.Version,
            Engine = "Embedded",
            Events = true,
            Handlers = [.. _home.Registry.Handlers.Keys.Where(name => name != "exec" || _options.AllowExec).Order(StringComparer.Ordinal)],
            Sources = Sources(),
            Reducers = [.. _home.Registry.Reductions.Keys.Order(StringComparer.Ordinal)],
            Queue = _options.HasQueue,
            Exec = _options.AllowExec,
            LocalFiles = _options.FileRoots.Count > 0,
            Upload = true,
        },
    };

    private IReadOnlyList<string> Sources() =>
        ["lines", "jsonl", "json", "csv", "range", "inline", "files", .. _options.HasQueue ? ["blobs"] : Array.Empty<string>(), "redrive", "custom"];
}
