from harness import Component
from harness.types import Checkpoint, ModelReference, StepRecord, message_record


class TrlTrainer:
    def __init__(self, max_steps: int = 100, batch_size: int = 8, learning_rate: float = 2e-5):
        self.given = {"max_steps": max_steps, "per_device_train_batch_size": batch_size, "learning_rate": learning_rate}

    def train(self, request, monitor):
        from datasets import Dataset
        from transformers import PrinterCallback, TrainerCallback
        from trl import SFTConfig, SFTTrainer

        curve, steps = [], self.given["max_steps"]

        class Reports(TrainerCallback):
            def on_log(self, args, state, control, logs, **_):
                if "loss" in logs:
                    curve.append(StepRecord(state.global_step, steps, logs["loss"]))
                    control.should_training_stop |= monitor.step(curve[-1]) == "stop"

        chats = [[message_record(message) for message in chat.messages] for chat in request.train]
        rows = Dataset.from_list([{"prompt": chat[:-1], "completion": chat[-1:]} for chat in chats])
        fixed = {"seed": request.seed, "logging_steps": 1, "save_strategy": "no", "bf16": False, "disable_tqdm": True}
        config = SFTConfig(request.folder, **fixed, **self.given)
        trainer = SFTTrainer(request.model.reference, config, train_dataset=rows, callbacks=[Reports()])
        trainer.remove_callback(PrinterCallback)  # stdout is for results
        trainer.train()
        trainer.save_model()  # at the end alone: a training that was cut short starts again
        return Checkpoint(ModelReference(str(request.folder)), len(curve), steps, tuple(curve), len(curve) < steps)


trl = Component("trl", TrlTrainer, "supervised fine-tuning by the SFTTrainer of TRL", kind="trainer")
