using Fanout.Cli;
using Fanout.TestApp;

if (args is ["herd", var home, .. var specFiles])
    return await Herd.RunAsync(home, specFiles);
return await FanoutApp.RunAsync(args, fanout => fanout.AddHandler<RecordHandler>("record").AddHandler<SampledHandler>("sampled").AddHandler<DeadlyHandler>("deadly").AddHandler<BusyHandler>("busy"));
